/** Rows of the table in `errors.ts`: questions to a backend that keeps traces. */
export const BACKEND_ERRORS = {
  BACKEND_UNREACHABLE: {
    http: 502,
    exit: 69,
    message: 'The backend cannot be reached',
    hint: 'Check its URL, and that it runs',
  },
  BACKEND_TIMEOUT: {
    http: 504,
    exit: 69,
    message: 'The backend did not answer in time',
    hint: 'Ask for a shorter time range or fewer traces, or check the backend',
  },
  BACKEND_REFUSED: {
    http: 403,
    exit: 77,
    message: 'The address of the backend is not allowed',
    hint: 'Plain HTTP beyond loopback needs ALLOW_INSECURE_ENTRYPOINT=1; other hosts than that of the URL need VT_ALLOWED_HOSTS; link-local and metadata addresses are never reached',
  },
  BACKEND_CERTIFICATE: {
    http: 502,
    exit: 69,
    message: 'The certificate of the backend is not believed',
    hint: 'Name the authority that signed it, or check the host in the URL',
  },
  BACKEND_UNAUTHORIZED: {
    http: 401,
    exit: 77,
    message: 'The backend does not accept the credentials',
    hint: 'Check the token, and what it and the tenant may read',
  },
  BACKEND_NOT_FOUND: {
    http: 404,
    exit: 69,
    message: 'The backend has no such interface',
    hint: 'Check the URL: it is the root of the backend, and its kind is the one configured',
  },
  BACKEND_BUSY: {
    http: 503,
    exit: 75,
    message: 'The backend has too many questions to answer',
    hint: 'Try again later',
  },
  BACKEND_STATUS: {
    http: 502,
    exit: 69,
    message: 'The backend answered with an error',
    hint: 'The status is named; see the log of the backend',
  },
  BACKEND_TOO_LARGE: {
    http: 502,
    exit: 69,
    message: 'The answer of the backend is too large',
    hint: 'Ask for a shorter time range or fewer traces',
  },
  BACKEND_MALFORMED: {
    http: 502,
    exit: 76,
    message: 'The answer of the backend cannot be understood',
    hint: 'Check the URL and the kind of the backend; a proxy may have answered for it',
  },
  BACKEND_CANNOT: {
    http: 501,
    exit: 69,
    message: 'The backend cannot answer such a question',
    hint: 'Ask another backend; the reason is named',
  },
  QUESTION_INVALID: {
    http: 400,
    exit: 2,
    message: 'The question is not understood',
    hint: 'Check the value that is named',
  },
  HEADER_REFUSED: {
    http: 500,
    exit: 2,
    message: 'A custom header cannot be sent',
    hint: 'Use a token (RFC 9110) that does not belong to the connection, the host or a proxy',
  },
  CREDENTIAL_UNREADABLE: {
    http: 500,
    exit: 2,
    message: 'A credential cannot be read',
    hint: 'Check the file, variable or command that is named',
  },
} as const;
