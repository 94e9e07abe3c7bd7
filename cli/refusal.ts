// A command that does not do what it was asked, and says why: what is wrong and what to do, without a stack trace.

export class Refusal extends Error {}
