/** Rows of the table in `errors.ts`: of machines that enrol. */
export const REMOTE_ERRORS = {
  ENROL_CODE_INVALID: {
    http: 400,
    exit: 77,
    message: 'The enrolment code is not valid',
    hint: 'It works once and for minutes: make a new one with `spoor hub enrol-code`',
  },
  ENROL_LIMIT: {
    http: 429,
    exit: 75,
    message: 'There are too many sensors, open codes or connections',
    hint: 'Revoke sensors that are gone, or wait until open codes have run out',
  },
  ENROLMENT_EXISTS: {
    http: 409,
    exit: 73,
    message: 'This state folder is enrolled already',
    hint: 'Give --replace to enrol anew',
  },
  ENROLMENT_UNREADABLE: {
    http: 500,
    exit: 78,
    message: 'The enrolment of this machine cannot be read',
    hint: 'Enrol anew with `spoor enrol --replace`',
  },
  HUB_NOT_PINNED: {
    http: 503,
    exit: 76,
    message: 'The hub that answers is not the one that was enrolled with',
    hint: 'Somebody may stand in between; if the key of the hub was changed on purpose, enrol anew',
  },
  SENSOR_NOT_ENROLLED: {
    http: 403,
    exit: 77,
    message: 'This sensor is not enrolled, or not any more',
    hint: 'Ask the owner of the hub for an enrolment code',
  },
  SENSOR_NAME_TAKEN: {
    http: 409,
    exit: 73,
    message: 'Another sensor has this name',
    hint: 'Choose another name, or revoke the sensor that has it',
  },
  SENSOR_UNKNOWN: {
    http: 404,
    exit: 1,
    message: 'No enrolled sensor has this name',
    hint: 'See `spoor hub sensors`',
  },
  REMOTE_OFF: {
    http: 409,
    exit: 78,
    message: 'The hub does not listen for sensors of other machines',
    hint: 'Set remote.port and remote.host, and start the hub anew',
  },
  REMOTE_CERTIFICATE: {
    http: 500,
    exit: 78,
    message: 'The certificate for sensors of other machines cannot be used',
    hint: 'Check remote.cert-file and remote.key-file',
  },
} as const;
