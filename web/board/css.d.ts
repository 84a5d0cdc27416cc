// Lets TypeScript see that the build knows what to do with a style sheet.
declare module "*.css";
