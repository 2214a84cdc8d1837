/**
 * Tokens that clients authenticate with: ES256 JWTs signed by a keyset in the state directory, and
 * a registry file that says which of them are good. A signature alone is never enough: the token's
 * id must be in the registry, unrevoked and unexpired, and that is asked again at each use, so that
 * revoking works at once. The command line changes the registry while a server runs; the server
 * notices. Start at {@link dev.culvert.server.token.TokenStore} for issuing and at {@link
 * dev.culvert.server.token.TokenVerifier} for checking. Imports no network code.
 */
@NullMarked
package dev.culvert.server.token;

import org.jspecify.annotations.NullMarked;
