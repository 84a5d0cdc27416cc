// The comments on a card; makes the same decisions as the server.
import { checkText } from "./check.ts";
import { MAX_COMMENTS } from "./generated/limits.ts";
import type { Comment, Edit, Id, Refusal, Signature } from "./protocol.ts";
import { MAX_COMMENT } from "./schemas.ts";

export function addComment(
  comments: readonly Comment[],
  { comment: id, text }: Extract<Edit, { type: "add_comment" }>,
  signed: Signature,
): readonly Comment[] | Refusal {
  if (text.trim() === "") return "bad_text";
  const refusal = checkText(text, MAX_COMMENT);
  if (refusal !== null) return refusal;
  if (comments.some((comment) => comment.id === id)) return "exists_already";
  if (comments.length >= MAX_COMMENTS) return "too_many_comments";
  return [...comments, { id, ...signed, text }];
}

/** Removes a comment. The server alone checks whether the person may. */
export function removeComment(comments: readonly Comment[], id: Id): readonly Comment[] | Refusal {
  const rest = comments.filter((comment) => comment.id !== id);
  return rest.length === comments.length ? "no_such_comment" : rest;
}
