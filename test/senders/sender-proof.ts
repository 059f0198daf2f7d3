import type { Sender } from "@latchhook/testing";

/** A request as one side signed it. */
export interface ProvenRequest {
  /** Path and query, where the secret is in them. */
  readonly url?: string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The secret it was signed with. */
  readonly secret: string;
}

/** What the vendor's code is to sign. */
export interface ContentToProve {
  readonly secret: string;
  /** The default payload of the sender's row, as text. */
  readonly body: string;
  /** Now, in Unix seconds. */
  readonly timestamp: number;
  readonly id: string;
}

/** A signature that the vendor published, or that its code made once. */
export interface ProofVector extends ProvenRequest {
  /** Where it stands. */
  readonly source: string;
  /** When it arrived, in milliseconds since the epoch. Default: now. */
  readonly receivedAt?: number | undefined;
}

/** What shows that a provider is true to its sender, shown again at each run of the tests. */
export interface SenderProof {
  /** The sender's name in the table of senders. */
  readonly sender: Sender["name"];
  /** Who says how it signs: its own source code, its documentation, or others only. */
  readonly evidence: "source" | "documentation" | "third parties";
  /** The vendor's package, or another independent one, as `test/package.json` pins it. */
  readonly package?: string | undefined;
  /** The package signs; the provider must verify it, and nothing that differs in a bit. */
  readonly signs?: ((content: ContentToProve) => Promise<ProvenRequest> | ProvenRequest) | undefined;
  /** Whether the package's verifier accepts a request; those of the row's `sign` it must, those that were changed not. */
  readonly accepts?: ((request: ProvenRequest) => Promise<boolean> | boolean) | undefined;
  readonly vectors?: readonly ProofVector[] | undefined;
  /** Parts of the body that the vendor leaves unsigned, where there are such: bits there are not flipped. */
  readonly unsignedBody?: boolean | undefined;
}
