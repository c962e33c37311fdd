/**
 * The SDK behind a static import, to be loaded lazily as a whole: the package is CommonJS, and a bundler
 * that imports it dynamically loses its named exports.
 */
export { GoogleAuth } from "google-auth-library";
