// What the draft editor loads on top: <upload-box>.
import { UploadBox } from "./uploads/box";

customElements.define("upload-box", UploadBox);
