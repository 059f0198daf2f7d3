/** What `work` resolves to, or `otherwise` where it fails or takes longer than so many milliseconds. */
export async function within<Value>(
  work: Promise<Value>,
  milliseconds: number,
  otherwise: Value,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<Value>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), milliseconds);
  });
  try {
    return await Promise.race([work, over]);
  } catch {
    return otherwise;
  } finally {
    clearTimeout(timer);
  }
}
