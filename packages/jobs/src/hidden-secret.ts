/**
 * The fields and a secret, which is there for whoever asks for it by name. Printing, spreading and serialising pass it
 * by, so that a result that is logged or answered whole does not hand it on.
 */
export function withHiddenSecret<Fields extends object, Name extends string>(
  fields: Fields,
  name: Name,
  secret: string,
): Fields & { readonly [Key in Name]: string } {
  return Object.defineProperty(fields, name, { get: () => secret, enumerable: false }) as Fields & {
    readonly [Key in Name]: string;
  };
}
