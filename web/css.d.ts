// The build replaces an import of a style sheet by its minified text.
declare module "*.css" {
  const text: string;
  export default text;
}
