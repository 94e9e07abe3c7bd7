// In the place of Better Auth's telemetry (`[alias]` in wrangler.toml), which is off: Docent reports to nobody.

export const createTelemetry = async () => ({ publish: async () => {} });
export const getTelemetryAuthConfig = async () => ({});
