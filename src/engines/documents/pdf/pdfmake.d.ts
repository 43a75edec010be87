declare module 'pdfmake' {
  interface Document {
    getBuffer(): Promise<Buffer>;
  }
  const pdfmake: {
    addFonts(fonts: Readonly<Record<string, { normal: string; bold: string }>>): void;
    setLocalAccessPolicy(policy: (path: string) => boolean): void;
    setUrlAccessPolicy(policy: (url: string) => boolean): void;
    createPdf(document: object): Document;
  };
  export default pdfmake;
}
