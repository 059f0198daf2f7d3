/** How long a read may take, in milliseconds. */
export const readLimitMs = 5_000;

/** Counts end here: there are more. */
export const mostCounted = 1_001;

/** How many attempts of a delivery are kept, the last. */
export const mostAttempts = 200;

/** Of so many deliveries that have not succeeded, the newest, failures are grouped and counted. */
export const mostOpen = 100_000;

/**
 * So many deliveries are compared with a filter that no index answers, from where the page or the time asked for begins.
 */
export const mostCompared = 100_000;

/**
 * A delivery is written when its first attempt ends. So the order of the rows is that of the times at which they were
 * received, but for as long as an attempt may take, with some to spare, in milliseconds.
 */
export const receivedSlackMs = 3_600_000;

/** For how long counts of requests are kept, in milliseconds: a month and a day. */
export const countsRetainMs = 32 * 86_400_000;

/** How many types a group of failures names. */
export const mostTypes = 5;
