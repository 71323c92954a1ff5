/** To come. */
export default function StartPage() {
  return <h1>First steps</h1>;
}
