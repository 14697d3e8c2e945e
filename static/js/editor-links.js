// The link dialog of the editor accepts only addresses that work, and says what to type otherwise.
// articles/rich_text/link_targets.py follows the same rules when the page is saved.
import { Link as EditorLink, updateAttrsDialog } from "django-prose-editor/editor";

const MAILBOX = /^[^\s@/?#:<>]+@(?:[\p{L}\p{N}_-]+\.)+\p{L}{2,}(?:\?\S*)?$/u;
const HOST = /^(?:[\p{L}\p{N}_-]+\.)+(?:\p{L}{2,}|xn--[\w-]+)\.?(?::\d{1,5})?(?=[/?#]|$)/iu;
const FILE = /^[^/?#]*\.(?:html?|php|aspx?|pdf|docx?|xlsx?|pptx?|odt|jpe?g|png|gif)$/i;
const WEB_HOST = /^(?:localhost|\[[\da-f:]+\]|[^\s%.]+(?:\.[^\s%.]+)+\.?)$/i;

function webAddress(scheme, rest) {
  const address = `${scheme}://${rest.replace(/^[/\\]+/, "").replace(/^(?:https?:[/\\]*)+/i, "")}`;
  return URL.canParse(address) && WEB_HOST.test(new URL(address).hostname) ? address : "";
}

function withScheme(scheme, rest) {
  if (scheme === "http" || scheme === "https") {
    return webAddress(scheme, rest);
  }
  const bare = rest.replace(/^\/+/, "");
  const isGood = scheme === "mailto" ? MAILBOX.test(bare) : scheme === "tel" && /\d/.test(bare);
  return isGood ? `${scheme}:${bare}` : "";
}

function phoneAddress(address) {
  const digits = address.replace(/%20|[().+-]/g, "").replace(/^1(?=\d{10}$)/, "");
  return digits === "911" ? "tel:911" : /^\d{10}$/.test(digits) ? `tel:+1${digits}` : "";
}

// The address that `typed` means, complete enough to work on every page; "" when it cannot work.
export function linkTarget(typed) {
  const address = typed
    .replace(/[\t\r\n\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .replace(/\s+/g, " ")
    .replace(/^[ <>"']+|[ <>"']+$/g, "")
    .replaceAll(" ", "%20");
  const scheme = /^([a-z][a-z0-9+-]*):/i.exec(address);
  if (scheme) {
    return withScheme(scheme[1].toLowerCase(), address.slice(scheme[0].length));
  }
  if (/^[/\\]{2}/.test(address) || address.startsWith("\\")) {
    return webAddress("https", address);
  }
  if (/^\/|^#./.test(address)) {
    return address;
  }
  if (MAILBOX.test(address)) {
    return `mailto:${address}`;
  }
  return HOST.test(address) && !FILE.test(address) ? webAddress("https", address) : phoneAddress(address);
}

const HINT =
  "Type a web address such as https://example.com, an email address, or a page of ours such as " +
  "/ebooks/.";

async function askForAddress(editor, href) {
  const refused = href && !linkTarget(href) ? `“${href}” leads nowhere. ` : "";
  const description = refused + HINT;
  const fields = { href: { type: "string", title: "Address", description } };
  const typed = await updateAttrsDialog(fields, { title: "Link" })(editor, { href });
  if (!typed?.href) {
    return "";
  }
  return linkTarget(typed.href) || askForAddress(editor, typed.href);
}

export const Link = EditorLink.extend({
  addStorage() {
    return { target: linkTarget };
  },
  addCommands() {
    return {
      ...this.parent?.(),
      addLink: () => ({ editor }) => {
        if (editor.state.selection.empty && !editor.isActive(this.name)) {
          return false;
        }
        askForAddress(editor, editor.getAttributes(this.name).href || "").then((href) => {
          if (href) {
            editor.chain().focus().extendMarkRange(this.name).setMark(this.name, { href }).run();
          }
        });
        return true;
      },
    };
  },
});
