/** What Linear can tell of, in `type`. Source: `LinearWebhookEventTypeMap` of `@linear/sdk`, version 98. */
export const linearTypes = [
  "Attachment",
  "AuditEntry",
  "Comment",
  "Customer",
  "CustomerNeed",
  "Cycle",
  "Document",
  "Initiative",
  "InitiativeUpdate",
  "Issue",
  "IssueLabel",
  "Project",
  "ProjectUpdate",
  "Reaction",
  "User",
  "IssueSLA",
  "OAuthApp",
  "AppUserNotification",
  "PermissionChange",
  "AgentSessionEvent",
] as const;

export type LinearType = (typeof linearTypes)[number];
