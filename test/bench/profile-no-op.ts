import { loadImages, makeBare } from "./hosts";
import { withRelay } from "./latency";
import { measure } from "./measure";
import type { Ours } from "./ours";
import { profile } from "./profile";
import { callsSentence, memorySentence, profileTable } from "./profile-table";
import type { Session } from "./session";

/** Deploys stack dev once and says where the time of a run goes that changes nothing and looks at everything. */
export async function profileNoOp(session: Session, ours: Ours, latency: number): Promise<string> {
  const label = `no-op at ${latency} ms`;
  console.log(`${label}: where the time goes`);
  const job = session.job();
  await makeBare(session.lab, job);
  await ours.forget(session.signal);
  await loadImages(session.lab, job);
  return withRelay(session.lab, latency, async (used) => {
    const up = ours.deploy(job);
    // the second makes sure that nothing is left to be noted
    for (let run = 0; run < 2; run += 1) await measure(up, session.signal);
    const found = await profile(session, up, used);
    await measure(ours.destroy(), session.signal);
    return [profileTable(found, label), memorySentence(found), callsSentence(found.trace)].filter(Boolean).join("\n\n");
  });
}
