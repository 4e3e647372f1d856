/** As many resources as STATE_RESOURCES says, which nothing has to be asked for. */
import { RandomId } from "@pulumi/random";

for (let i = 0; i < Number(process.env.STATE_RESOURCES); i += 1) new RandomId(`id-${i}`, { byteLength: 8 });
