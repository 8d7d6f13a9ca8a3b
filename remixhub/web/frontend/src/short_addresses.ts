// Forms that ask leave out what is empty, so that their addresses can be passed on; without script the server does it.
export function keepAddressesShort(): void {
  document.addEventListener("formdata", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "get") return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}
