// Package wire holds Jupyter's messages as they travel: the connection file, the frames of a message, its signature.
// The format is that of https://jupyter-client.readthedocs.io/en/latest/messaging.html, version 5.4.
//
// Bodies stay raw JSON: who passes a message on does not have to understand it.
package wire
