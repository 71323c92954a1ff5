/** To come. */
export default function NeedsPage() {
  return <h1>Needs you</h1>;
}
