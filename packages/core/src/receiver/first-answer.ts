/**
 * Resolves with the first of: what `work` resolves to, what it passes to `answerEarly`, and `atDeadline` once
 * `deadlineMs` are over; `Infinity`, and there is no deadline. The work itself always goes on to its end.
 *
 * @param onLate told the work's own result, and the answer, when something else was answered before.
 */
export function firstAnswer<Result>(
  work: (answerEarly: (result: Result) => void) => Promise<Result>,
  deadlineMs: number,
  atDeadline: () => Result,
  onLate: (settled: Promise<Result>, answered: Result) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    let answered = false;
    function answer(result: Result): void {
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      resolve(result);
    }
    function answerEarly(result: Result): void {
      if (answered) return;
      answer(result);
      onLate(settled, result);
    }
    const timer =
      deadlineMs === Number.POSITIVE_INFINITY
        ? undefined
        : setTimeout(() => answerEarly(atDeadline()), deadlineMs);
    const settled = work(answerEarly);
    settled.then(answer, reject);
  });
}
