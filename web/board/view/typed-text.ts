// The text in a command, to be given back to the person who typed it.
import type { Command } from "../sync/commands.ts";

/** The typed text of a rejected command, so that it need not be typed again. */
export function typedText(command: Command): { typed?: string } {
  const typed = textOfCommand(command);
  return typed === "" ? {} : { typed };
}

function textOfCommand(command: Command): string {
  switch (command.type) {
    case "set_field":
      return String(command.value ?? "");
    case "edit_text":
      return command.ops.filter((op) => typeof op === "string").join("");
    case "add_link":
    case "set_link":
      return command.note;
    case "add_comment":
      return command.text;
    case "add_card":
      return Object.values(command.fields).join("\n");
    default:
      return "";
  }
}
