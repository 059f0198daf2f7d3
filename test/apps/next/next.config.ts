import type { NextConfig } from "next";

// Read before the build would report its own use.
process.env.NEXT_TELEMETRY_DISABLED = "1";

const config: NextConfig = {
  // Senders take a redirect for a failure, or follow it without the body.
  skipTrailingSlashRedirect: true,
  // Node.js loads these as they are: database drivers, with native code and optional parts, do not survive bundling.
  serverExternalPackages: ["libsql", "pg", "redis"],
};

export default config;
