// A time limit for what has none of its own: Workers KV takes no signal.

/**
 * @returns what `work` comes to
 * @throws when that takes longer than `ms` milliseconds; what it comes to later is ignored
 */
export async function withinTime<Value>(work: Promise<Value>, ms: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  try {
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("no answer in time")), ms);
    });
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
