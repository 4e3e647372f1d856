import { Client, credentials, type MethodDefinition } from "@grpc/grpc-js";

/** Messages may be of any size. */
export const MESSAGE_LIMIT = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** A connection to a server of this machine. */
export function connect(address: string): Client {
  return new Client(address, credentials.createInsecure(), MESSAGE_LIMIT);
}

/** Makes one call. @throws ServiceError as gRPC gives it. */
export function call<Q, R>(client: Client, method: MethodDefinition<Q, R>, request: Q): Promise<R> {
  const { path, requestSerialize, responseDeserialize } = method;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) =>
      error ? reject(error) : resolve(response as R),
    );
  });
}
