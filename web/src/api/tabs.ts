/** What a tab does in its group. */
interface Member<T> {
  /** It leads from now on. Called at once when no other tab leads, else when the one that led is gone. */
  lead: () => void;
  /** What the leading tab tells. Never called in the leading tab itself. */
  hear: (told: T) => void;
  /** Called in the leading tab when another one has joined. */
  greet: () => void;
}

type Letter<T> = { told: T } | { joined: true };

/**
 * The tabs of one browser that show the app; one of them leads. Whoever holds the lock leads; the browser hands it on when that tab goes,
 * however it goes, and does not put a tab to sleep that has it. Without locks (plain http from another machine) every tab leads itself.
 */
export class TabGroup<T> {
  private channel: BroadcastChannel | null = null;
  private leads = false;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  join(member: Member<T>): void {
    if (!('locks' in navigator)) {
      member.lead();
      return;
    }
    const channel = new BroadcastChannel(this.name);
    this.channel = channel;
    channel.onmessage = (message: MessageEvent<Letter<T>>) => {
      if ('joined' in message.data) {
        if (this.leads) member.greet();
      } else if (!this.leads) {
        member.hear(message.data.told);
      }
    };
    channel.postMessage({ joined: true });
    void navigator.locks.request(this.name, () => {
      this.leads = true;
      member.lead();
      return new Promise<void>(() => undefined);
    });
  }

  /** Told to all other tabs. Only the leading one tells. */
  tell(told: T): void {
    if (this.leads) this.channel?.postMessage({ told } satisfies Letter<T>);
  }
}
