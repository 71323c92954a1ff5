export default function RunTimeline({ runId, live }: { runId: string; live: boolean }) { return <p>{runId}{String(live)}</p>; }
