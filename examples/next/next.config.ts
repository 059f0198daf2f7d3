import type { NextConfig } from "next";

const config: NextConfig = {
  skipTrailingSlashRedirect: true, // a redirect would lose deliveries
  serverExternalPackages: ["libsql"], // native code does not survive bundling
};

export default config;
