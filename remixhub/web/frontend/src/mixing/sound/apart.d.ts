// Programs that run apart from the page, in a worker or on the audio thread: the build makes a file of each.
declare module "*?address" {
  const address: string;
  export default address;
}
