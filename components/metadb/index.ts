export { BackupProof, type MetaDbBackup } from "./types";
