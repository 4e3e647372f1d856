/** Directory of configuration and certificate inside the container. */
const inside = "/etc/nginx/dbha";

/** nginx.conf inside the container. */
export const configFile = `${inside}/nginx.conf`;

/**
 * Certificate chain and key inside the container, one PEM file for both `ssl_certificate` and `ssl_certificate_key`, so that the two, which
 * belong together, are swapped together. By its name it is written before the configuration that needs it.
 */
export const tlsFile = `${inside}/cert.pem`;

/** The container's only volume: the directory, as a file that is swapped atomically would stay the old one inside. */
export const volume = (directory: string) => ({ hostPath: directory, containerPath: inside, readOnly: true });

/** The container's command. */
export const serve = ["nginx", "-g", "daemon off;", "-c", configFile];

/** Lets nginx check a new configuration, with the certificate that is there. */
export const validateConfig = (directory: string, image: string, hasTls: boolean): string =>
  test(image, [`"$DBHA_FILE":${configFile}`, ...(hasTls ? [`${directory}/cert.pem:${tlsFile}`] : [])]);

/** Lets nginx check a new certificate with the configuration that is there; before the first one there is nothing to check. */
export const validateTls = (directory: string, image: string): string =>
  `[ ! -e ${directory}/nginx.conf ] || ${test(image, [`${directory}/nginx.conf:${configFile}`, `"$DBHA_FILE":${tlsFile}`])}`;

const test = (image: string, mounts: string[]): string =>
  `docker run --rm --network host ${mounts.map((mount) => `-v ${mount}:ro`).join(" ")} ${image} nginx -t -q -c ${configFile}`;

/** Has nginx take over the files that are there. */
export const reloadNginx = (containerName: string): string =>
  `docker exec ${containerName} nginx -s reload -c ${configFile}`;

/**
 * Reloads nginx where it runs; where it does not (first deployment, stopped by hand) the next start reads the files. One that was made by
 * hand reads others, and is replaced for them.
 */
export const reload = (containerName: string): string =>
  `case "$(docker inspect -f '{{.State.Running}}{{range .Mounts}} {{.Destination}}{{end}} ' ${containerName} 2>/dev/null)" in true*" ${inside} "*) ${reloadNginx(containerName)} ;; esac`;
