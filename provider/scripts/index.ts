import { readArchive, removeArchive, switchArchive, unpackArchive } from "./archive";
import { backupMetadata, proveBackup, pruneBackups, removeBackups, restoreMetadata } from "./dolphin-metadata";
import { readServer, switchServer } from "./dolphin-server";
import { makeDirectory, readDirectory, removeDirectories } from "./directory";
import { deleteFile, readFile, writeFile } from "./file";
import { makeFiles, readFiles, removeFiles } from "./files";
import { hostFacts } from "./host-facts";
import { claimContainer, inspectContainer, noteAdoption, settleContainer } from "./container";
import { lookAtContainers, lookAtHost } from "./look";
import { inspectImage, loadImage, pullImage, readImageFile, readImages, removeImages, useImage } from "./image";
import { probeCommand, tunnel } from "./probe";
import type { Script } from "./script";
import { applyService, readService, removeService } from "./service";
import { forgetUnderWay, noteUnderWay, readUnderWay } from "./under-way";
import { commandUnit } from "./units";
import { readLogs, watchThing } from "./watched";

/** Every script the plugin runs on hosts. */
export const scripts: readonly Script[] = [
  ...[readArchive, removeArchive, switchArchive, unpackArchive],
  ...[makeDirectory, readDirectory, removeDirectories],
  ...[claimContainer, inspectContainer, noteAdoption, settleContainer],
  ...[deleteFile, readFile, writeFile],
  ...[makeFiles, readFiles, removeFiles],
  ...[backupMetadata, proveBackup, pruneBackups, removeBackups, restoreMetadata],
  ...[readServer, switchServer],
  hostFacts,
  ...[lookAtContainers, lookAtHost],
  ...[inspectImage, loadImage, pullImage, readImageFile, readImages, removeImages, useImage],
  ...[probeCommand, tunnel],
  ...[applyService, readService, removeService],
  ...[forgetUnderWay, noteUnderWay, readUnderWay],
  commandUnit,
  ...[readLogs, watchThing],
];
