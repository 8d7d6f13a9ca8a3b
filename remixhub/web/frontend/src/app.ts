// What every page loads. Whatever belongs to one kind of page is an element of its own (elements.ts).
import "htmx.org";
import { followDrawnLinks } from "./drawn_links";
import { adoptElements } from "./elements";
import { keepAddressesShort } from "./short_addresses";
import { submitOnce } from "./submit_once";
import { guardUnsaved } from "./unsaved";
import { walkThroughPages } from "./walking";

adoptElements();
guardUnsaved(); // first: a form that is held back is not sent yet
submitOnce();
keepAddressesShort();
walkThroughPages();
followDrawnLinks();
