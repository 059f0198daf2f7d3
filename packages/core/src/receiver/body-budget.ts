/** Bodies up to this size are read whatever the budget says: honest deliveries are small, and a flood is not. */
const alwaysAdmitted = 65_536;

/** The bytes of the bodies that a receiver holds at one time, kept below a limit. */
export interface BodyBudget {
  /** Opens the account of one request. */
  open(): BodyAccount;
}

/** What one request holds of the budget. */
export interface BodyAccount {
  /** Whether the request may hold `length` bytes in all. Asked before they are kept. */
  readonly admit: (length: number) => boolean;
  /** Gives back what the request holds. */
  readonly release: () => void;
}

/** Counts bytes as they come, so that a declared length holds nothing. */
export function createBodyBudget(maxBytesInFlight: number): BodyBudget {
  let inFlight = 0;
  return {
    open() {
      let held = 0;
      return {
        admit(length) {
          const after = inFlight - held + length;
          if (length > alwaysAdmitted && after > maxBytesInFlight) return false;
          inFlight = after;
          held = length;
          return true;
        },
        release() {
          inFlight -= held;
          held = 0;
        },
      };
    },
  };
}
