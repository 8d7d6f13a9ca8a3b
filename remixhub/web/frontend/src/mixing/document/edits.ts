// What can be done to a mix: functions from a mix to a mix, the same one where nothing changes.
export { MASTER, Refused } from "./bounds";
export * from "./automation";
export * from "./clips";
export * from "./grid";
export * from "./lanes";
export * from "./marks";
