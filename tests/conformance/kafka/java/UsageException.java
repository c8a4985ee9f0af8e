// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

/** A command or a script that cannot be understood: exit code 2. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
