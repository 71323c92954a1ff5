/** To come. */
export default function ItemPage() {
  return <h1>Item</h1>;
}
