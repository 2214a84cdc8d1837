package dev.culvert.server.rules;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Why a request does not pass, and how it is to be answered.
 *
 * @param code stable, for {@code Culvert-Error}
 * @param title for people, in a few words
 * @param detail what happened and what to do
 * @param headers of the answer, beside those that every answer has
 */
public record RuleRefusal(
    HttpResponseStatus status,
    String code,
    String title,
    String detail,
    Map<String, String> headers) {
  private static final String NOT_ALLOWED = "This request is not allowed here";
  private static final String TOO_MANY = "There are too many requests";

  static RuleRefusal of(HttpResponseStatus status, String code, String title, String detail) {
    return new RuleRefusal(status, code, title, detail, Map.of());
  }

  static RuleRefusal address() {
    return of(
        HttpResponseStatus.FORBIDDEN,
        "address-refused",
        NOT_ALLOWED,
        "It comes from an address that is not let in.");
  }

  static RuleRefusal filtered(int status) {
    return of(
        HttpResponseStatus.valueOf(status),
        "filtered",
        NOT_ALLOWED,
        "What it asks for is not served to visitors.");
  }

  static RuleRefusal ambiguous(String part) {
    return of(
        HttpResponseStatus.BAD_REQUEST,
        "ambiguous-" + part,
        "This request is malformed",
        "Its " + part + " could be read in several ways.");
  }

  static RuleRefusal bodyTooLarge(long maxBytes) {
    return of(
        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
        "body-too-large",
        "This request is too long",
        "Its body may have " + maxBytes + " bytes.");
  }

  static RuleRefusal redirect(String location) {
    return new RuleRefusal(
        HttpResponseStatus.PERMANENT_REDIRECT,
        "https-required",
        "This is served over HTTPS",
        "Ask again there.",
        Map.of(HttpHeaderNames.LOCATION.toString(), location));
  }

  static RuleRefusal unauthorized(String realm) {
    return new RuleRefusal(
        HttpResponseStatus.UNAUTHORIZED,
        "unauthorized",
        "A password is needed",
        "Give a name and password that are known here.",
        Map.of(
            HttpHeaderNames.WWW_AUTHENTICATE.toString(),
            "Basic realm=\"" + realm + "\", charset=\"UTF-8\""));
  }

  static RuleRefusal rateLimited(String whose, long waitNanos) {
    return waiting(
        HttpResponseStatus.TOO_MANY_REQUESTS,
        whose + "-rate-limited",
        TOO_MANY,
        "More came than may in this time.",
        waitNanos);
  }

  static RuleRefusal tooManyFailures(long waitNanos) {
    return waiting(
        HttpResponseStatus.TOO_MANY_REQUESTS,
        "too-many-failures",
        "Too many passwords were wrong",
        "No other is looked at yet.",
        waitNanos);
  }

  static RuleRefusal tooManyAtATime() {
    return waiting(
        HttpResponseStatus.TOO_MANY_REQUESTS,
        "too-many-at-a-time",
        TOO_MANY,
        "More are being answered than may be at a time.",
        1);
  }

  static RuleRefusal busy() {
    return waiting(
        HttpResponseStatus.SERVICE_UNAVAILABLE,
        "passwords-busy",
        "The server has too much to do",
        "Too many passwords wait to be looked at.",
        1);
  }

  private static RuleRefusal waiting(
      HttpResponseStatus status, String code, String title, String detail, long waitNanos) {
    long second = TimeUnit.SECONDS.toNanos(1);
    long seconds = Math.max(1, (waitNanos + second - 1) / second);
    return new RuleRefusal(
        status,
        code,
        title,
        detail + " Try again in " + seconds + " s.",
        Map.of(HttpHeaderNames.RETRY_AFTER.toString(), Long.toString(seconds)));
  }
}
