package dev.culvert.server.edge;

/** Whether a visitor's connection may carry another request. */
enum KeepAlive {
  YES,
  NO
}
