package dev.culvert.server.token;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file could not be used, in words and without its path: some exceptions are all path. */
public final class FileFailure {
  private FileFailure() {}

  /** The reason, the same each time for the same cause. Any thread. */
  public static String reason(Exception failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "it is not there";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "a file is in its place";
      case NotDirectoryException _ -> "it is no directory";
      case CharacterCodingException _ -> "it is no text in UTF-8";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      case IOException e when e.getMessage() != null -> e.getMessage();
      default -> failure.toString();
    };
  }
}
