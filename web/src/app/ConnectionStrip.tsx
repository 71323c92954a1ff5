import { useConnection } from '../api/stream';

/** Says that the view is not live, and since when. Nothing when all is well. */
export function ConnectionStrip() {
  const connection = useConnection();
  if (connection.state !== 'lost' || !connection.wasLive) return null;
  return (
    <div className="strip" role="status">
      <span aria-hidden="true">⚠</span>
      Connection lost, trying again. What you see is as of {new Date(connection.lastAt).toLocaleTimeString()}.
    </div>
  );
}
