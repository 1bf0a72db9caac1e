// The address of a worker's script; web/build.mjs makes the file.
declare module '*?worker' {
  const url: string;
  export default url;
}
