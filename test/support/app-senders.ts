import { type Sender, senders } from "@latchhook/testing";
import { appSecrets } from "../apps/app/src/start-app.ts";

/** A sender that the apps receive at `/webhooks/<provider>`, with the secret that they share. */
export interface AppSender extends Pick<Sender, "provider" | "sign"> {
  readonly secret: string;
}

/** Every sender of the table whose secret the apps are started with, each once. */
export const appSenders: readonly AppSender[] = senders.flatMap(
  ({ name, provider, environmentVariable, sign }) => {
    const secret = Object.entries(appSecrets).find(([variable]) => variable === environmentVariable)?.[1];
    if (secret === undefined || name !== provider) return [];
    return [{ provider, secret, sign: (content) => sign({ secret, ...content }) }];
  },
);

/** @throws Error where the apps do not receive it. */
export function appSenderOf(provider: string): AppSender {
  const found = appSenders.find((sender) => sender.provider === provider);
  if (found === undefined) throw new Error(`The apps receive no ${provider}.`);
  return found;
}
