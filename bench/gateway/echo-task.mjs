/** The same for piscina. */
export default function echo(value) {
  return value;
}
