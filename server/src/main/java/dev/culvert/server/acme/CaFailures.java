package dev.culvert.server.acme;

import dev.culvert.server.acme.IssueException.Scope;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeLazyLoadingException;
import org.shredzone.acme4j.exception.AcmeNetworkException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.exception.AcmeUserActionRequiredException;

/** What acme4j throws, as what it means for us. */
final class CaFailures {
  /** The end of the type of an error that says that the authority knows no such account. */
  private static final String NO_ACCOUNT = ":accountDoesNotExist";

  /** Ends of the types of errors by which an authority says that it knows no such order of ours. */
  private static final Set<String> OF_UNKNOWN_ORDERS = Set.of("malformed", "unauthorized");

  /** Ends of the types of errors that no other name would be spared. */
  private static final Set<String> OF_ALL =
      Set.of("serverInternal", "externalAccountRequired", "userActionRequired", "badNonce");

  private CaFailures() {}

  static boolean isNoAccount(Exception failure) {
    return cause(failure) instanceof AcmeServerException e
        && e.getType().toString().endsWith(NO_ACCOUNT);
  }

  /** With a problem document, or with the bare status of HTTP, which acme4j gives as text. */
  static boolean saysNoSuchOrder(AcmeException failure) {
    return failure instanceof AcmeServerException e
        ? OF_UNKNOWN_ORDERS.contains(lastPart(e))
        : "HTTP 404".equals(failure.getMessage());
  }

  static IssueException of(Exception failure) {
    Exception cause = cause(failure);
    return switch (cause) {
      case IssueException e -> e;
      case AcmeRateLimitedException e ->
          new IssueException(
              Scope.NAMES,
              "the authority's rate limit is reached: " + e.getMessage(),
              e.getRetryAfter().orElse(null),
              e);
      case AcmeUserActionRequiredException e ->
          new IssueException(Scope.AUTHORITY, "the authority says: " + e, null, e);
      case AcmeServerException e ->
          new IssueException(
              OF_ALL.contains(lastPart(e)) ? Scope.AUTHORITY : Scope.NAMES,
              "the authority says: " + e.getMessage(),
              null,
              e);
      case AcmeNetworkException e ->
          new IssueException(
              Scope.AUTHORITY, "the authority cannot be reached: " + reason(e.getCause()), null, e);
      case AcmeException e -> // a status of HTTP without a problem
          new IssueException(
              Scope.AUTHORITY, "the authority does not work: " + e.getMessage(), null, e);
      case IOException e -> new IssueException(Scope.AUTHORITY, reason(e), null, e);
      default -> new IssueException(Scope.NAMES, cause.toString(), null, cause);
    };
  }

  private static Exception cause(Exception failure) {
    return failure instanceof AcmeLazyLoadingException
            && failure.getCause() instanceof AcmeException cause
        ? cause
        : failure;
  }

  private static String lastPart(AcmeServerException failure) {
    String type = failure.getType().toString();
    return type.substring(type.lastIndexOf(':') + 1);
  }

  /** Some network failures have no message of their own. */
  private static String reason(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        return cause.getMessage();
      }
    }
    if (failure instanceof ConnectException) {
      return "connection refused";
    }
    return failure == null ? "it says not why" : failure.getClass().getSimpleName();
  }
}
