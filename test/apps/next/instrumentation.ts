/** Called once, when the server starts: a wrong setting, or a database that is away, shows now and not at a delivery. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { run } = await import("@latchhook/test-app");
  const { testApp } = await import("./lib/test-app.ts");
  await run(async () => {
    await testApp();
  });
}
