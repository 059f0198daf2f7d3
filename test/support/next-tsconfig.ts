/** A Next.js project's tsconfig, as `create-next-app` writes it. */
export function nextTsconfig(files: {
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
}) {
  return {
    compilerOptions: {
      target: "es2023",
      lib: ["es2023", "dom"],
      module: "esnext",
      moduleResolution: "bundler",
      isolatedModules: true,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      jsx: "react-jsx",
      plugins: [{ name: "next" }],
      paths: { "@/*": ["./*"] },
    },
    ...files,
  };
}
