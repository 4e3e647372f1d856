/**
 * Name of the lab that a test runs on. Where mocha runs files side by side, each of its workers has a lab of its own: `test`,
 * `test-1` and so on; test/run makes and removes them.
 */
export const labName = process.env.DBHA_TEST_LAB ?? labOfWorker(Number(process.env.MOCHA_WORKER_ID ?? 0));

function labOfWorker(id: number): string {
  return id === 0 ? "test" : `test-${id}`;
}
