export function FirstSteps({ isBoard = false }: { isBoard?: boolean }) {
  return <h1>{isBoard ? 'The board is empty' : 'First steps'}</h1>;
}
