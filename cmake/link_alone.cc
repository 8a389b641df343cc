// SPDX-License-Identifier: MIT
// Linked with one whole module: every symbol that the module needs must come from what it declares.
int main() { return 0; }
