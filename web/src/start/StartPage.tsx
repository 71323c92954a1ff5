import { FirstSteps } from './FirstSteps';

export default function StartPage() {
  return <FirstSteps />;
}
