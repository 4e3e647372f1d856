/** After so many seconds without a heart beat the CM takes a supervisor for gone (CM-RESOAT000011). */
export const SILENT_SECONDS = 60;

/** After so many seconds without one OMS's HA takes a component for gone (checkModuleExceptionIntervalSec). */
export const IDLE_SECONDS = 240;
