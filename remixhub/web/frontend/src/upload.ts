// What the draft editor loads on top: <upload-box>.
import { UploadBox } from "./upload_box";

customElements.define("upload-box", UploadBox);
